# Start after a power cut: how long from the boot until the station is ready, and in which state.
unit=strawberry-grader.service
systemctl start $unit
moment() { systemctl show -p "$2" --value $1; }
echo "boot_to_ready_ms $((($(moment $unit ActiveEnterTimestampMonotonic) - $(moment '' UserspaceTimestampMonotonic)) / 1000))"
echo "status $(systemctl show -p StatusText --value $unit)"
