"""From the evidence of a failed task to the mistake behind it; it begins in `diagnose`."""
