"""The page: FastAPI and Gradio on one port."""
