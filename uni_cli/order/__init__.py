"""From what a user asked for to planned jobs: the request, the service, the price, the place on disk."""
