"""What the words mean that people meet: fields, keys of a spec, codes. Offline."""
