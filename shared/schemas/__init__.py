"""The wire: every body that crosses a service's border, in or out."""
