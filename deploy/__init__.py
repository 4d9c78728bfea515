"""How the parts are run: `local/` is what `make run` starts, `gateway/` is Envoy's configuration."""
