"""Which formats and protocols may be opened: a media file must never make ffmpeg read another file or the network."""

from __future__ import annotations

PROTOCOLS = "file,pipe"

# Playlists (hls, dash, concat) are left out: they name other files. Stills and sound are in, to be refused by name.
FORMATS = (
    "mov,mp4,m4a,matroska,webm,avi,mpegts,mpeg,flv,asf,ogg,mxf,m4v,h264,hevc,mpegvideo,ivf,nut,dv,rm,yuv4mpegpipe,obu,av1,gif,"
    "image2,png_pipe,jpeg_pipe,webp_pipe,bmp_pipe,tiff_pipe,wav,mp3,flac,aac,aiff,ac3,caf"
)

OPEN_OPTIONS = {"protocol_whitelist": PROTOCOLS, "format_whitelist": FORMATS}


def ffmpeg_arguments() -> list[str]:
    """The same limits for the ffmpeg program; they stand before each ``-i``."""
    return ["-protocol_whitelist", PROTOCOLS, "-format_whitelist", FORMATS]
