"""The gateway: every loaded model for any client of OpenAI's API, under /v1."""
