"""The relations: one `.sql` file each, its grain on line one."""
