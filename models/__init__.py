"""The network that reads each fruit: data, training, evaluation and the file that the station loads."""
