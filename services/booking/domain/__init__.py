"""The pure rules of `booking`: values in, values out; no I/O, no clock. The standard library only, and a contract
says so."""
