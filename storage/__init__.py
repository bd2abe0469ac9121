"""What is kept: jobs, artifacts, blobs. Knows neither engines nor anything above."""
