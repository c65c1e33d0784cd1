"""Mail as providers post it: their forms, taken apart, and the mail made of them anew."""
