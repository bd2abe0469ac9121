"""Pictures by diffusion models: loading, sampling, and what joins them."""
