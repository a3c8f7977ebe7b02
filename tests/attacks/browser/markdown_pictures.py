"""Writes pictures that tell another server, or make the reader's browser ask its own server, when the page is opened."""
# group: browser

# %% [markdown]
# ![tracking](http://canary.invalid/pixel.png) ![log out](/logout) ![by reference][p] ![][p]
#
# [p]: http://canary.invalid/reference.png "title"

# %% [markdown]
# ![local](../../../api/shutdown) <img src="http://canary.invalid/html.png"> <link rel=stylesheet href="//canary.invalid/x.css">
