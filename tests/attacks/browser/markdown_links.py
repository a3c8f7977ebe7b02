"""Writes links that run a script when clicked, in every spelling that Markdown has, one repaired by nbconvert itself."""
# group: browser

# %% [markdown]
# [a](javascript:__pwned('link')) and [b](files/javascript:__pwned('files')) and [c][r] and <javascript:__pwned('auto')>
# and [d](&#106;avascript:__pwned('entity')) and [e](<java&Tab;script:__pwned('tab')>)
#
# [r]: javascript:__pwned('reference')
