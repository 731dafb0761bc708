"""Stage 0, optional: narrower topics for each topic and question type, made by the model.

After topic-guided Self-Instruct (Sun et al. 2023) and its port by Ngweta et al. 2024: a numbered list that begins with
example topics is continued, line by line gates decide, and duplicates within a question type go. Two things differ.
Every verdict is kept, with the rival it lost to. And cutting every type to the size of the smallest is a switch, off
by default, because a uniform distribution that was made so says nothing of the seeds.
"""
