"""OpenAPI document + overlays -> operations with their validators."""
