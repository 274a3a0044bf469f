"""The client: one small class per resource, on one transport, answering with contracts."""
