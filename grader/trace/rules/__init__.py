"""What lots and trays must be before anything of them is sold: functions of values, without database or clock."""
