"""The chat as customers and guests see it: who asks, the talk, the forms around it, and the frame on other sites."""
