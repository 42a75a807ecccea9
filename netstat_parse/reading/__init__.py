"""Reading captures: bytes -> lines -> what each line is -> rows, gathered into sections."""
