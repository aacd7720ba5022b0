"""From frames to detections to alerts with masked evidence."""
