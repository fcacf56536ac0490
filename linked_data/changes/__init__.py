"""What changed from release to release: for those who keep a copy, and for those who read along."""
