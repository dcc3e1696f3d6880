"""Reasoning before pixels: an intent becomes a brief in sentences, by rules on this machine or by a chat endpoint."""
