"""What crosses a wire: frozen Pydantic models and enums, one module per domain; imports pydantic only."""
