"""It counts on the examples of a page lying together."""
# fails: test_page_is_kept_apart

# %% split_by_page
def split_by_page(x, y, page_of, test_page):
    places = np.flatnonzero(page_of == test_page)
    first, last = places[0], places[-1] + 1
    return (np.concatenate([x[:first], x[last:]]), np.concatenate([y[:first], y[last:]])), (x[first:last], y[first:last])
