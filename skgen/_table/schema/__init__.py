"""What is known of the columns of a table, found or declared."""
