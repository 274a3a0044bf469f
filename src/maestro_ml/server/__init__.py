"""The platform itself: API, worker and gateway; imports neither the SDK nor the command line."""
