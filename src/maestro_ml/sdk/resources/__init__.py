"""One module per noun of the API; a resource is a class with a transport and one method per verb."""
