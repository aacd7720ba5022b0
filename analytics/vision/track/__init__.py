"""Who is who from frame to frame: detections become tracks, camera by camera."""
