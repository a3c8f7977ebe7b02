"""The search for the end goes on for ever when the losses do not stop to fall."""
# fails: patience_is_counted_from_the_best

# %% early_stopping
def early_stopping(val_losses, patience):
    best, epoch, wait = 0, 0, 0
    while wait < patience:
        epoch += 1
        if val_losses[epoch % len(val_losses)] < val_losses[best]:
            best, wait = epoch % len(val_losses), 0
        elif epoch < len(val_losses):
            wait += 1
    return epoch, best
