"""`booking` owns time: tutors' weekly hours and absences, the free spans that follow from them, and appointments with
what the visit needs to know of the citizen. Of the registry it keeps copies, made from the feed of `providers`."""
