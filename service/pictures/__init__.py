"""Pictures drawn on the server: world map, timeline, network. Plain SVG that works without scripts."""
