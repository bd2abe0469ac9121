"""Video: probing, scenes, keyframes, quality, proxies and exports."""
