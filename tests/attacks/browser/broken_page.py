"""Makes nbconvert fail on the submission's page, so that nobody can mark it: colours, attachments and depth that it cannot read."""
# group: browser

# %%
print("\x1b[38m no colour follows")

# %% [markdown]
# ![a picture that is not there](attachment:missing.png)
