"""Pictures as code: a recipe says what a picture is, its lock says which picture it became."""
