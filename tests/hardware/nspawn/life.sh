# Start, kill, watchdog, stop: what systemd makes of the station's unit. A line a fact, for the test to read.
unit=strawberry-grader.service
pid() { systemctl show -p MainPID --value $unit; }
restarts() { systemctl show -p NRestarts --value $unit; }
until_active() { # seconds until the supervisor has said that it is ready, with another pid than $1
    local began=$(date +%s%N) n
    for n in $(seq 1 3000); do
        if [ "$(systemctl is-active $unit)" = active ] && [ "$(pid)" != "$1" ] && [ "$(pid)" != 0 ]; then
            echo $((($(date +%s%N) - began) / 1000000))
            return
        fi
        sleep 0.1
    done
    echo never
}
systemctl start --no-block $unit
echo "start_ms $(until_active 0)"
moment() { systemctl show -p "$2" --value $1; }
echo "boot_to_ready_ms $((($(moment $unit ActiveEnterTimestampMonotonic) - $(moment '' UserspaceTimestampMonotonic)) / 1000))"
echo "cpu_ms $(($(systemctl show -p CPUUsageNSec --value $unit) / 1000000))" # whatever else the machine does
echo "user $(systemctl show -p User --value $unit) $(stat -c %U /proc/"$(pid)")"
echo "status $(systemctl show -p StatusText --value $unit)"
echo "fifo $(ps -eLo cls,comm | grep -c '^ *FF.*grader-ejection')"
first=$(pid)
kill -KILL "$first"
echo "after_kill_ms $(until_active "$first")"
second=$(pid)
kill -STOP "$second"
began=$(date +%s)
while [ "$(pid)" = "$second" ] && [ $(($(date +%s) - began)) -lt 40 ]; do sleep 0.2; done
echo "watchdog_after_s $(($(date +%s) - began))"
echo "watchdog_result $(journalctl -u $unit --no-pager -o cat | grep -c 'Watchdog timeout')"
echo "after_watchdog_ms $(until_active "$second")"
echo "restarts $(restarts)"
began=$(date +%s%N)
systemctl stop $unit
echo "stop_ms $((($(date +%s%N) - began) / 1000000))"
echo "stopped $(systemctl show -p Result --value $unit) $(systemctl is-active $unit)"
journalctl -u $unit --no-pager -o cat | tail -30 > /out/log
