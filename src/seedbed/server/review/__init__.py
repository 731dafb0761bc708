"""Rating tasks over HTTP: what organisers make and read, and what raters are shown and say."""
