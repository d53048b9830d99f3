# Start the station, press Reset, and run until somebody pulls the plug.
unit=strawberry-grader.service
systemctl start $unit
echo "ready_ms 0"
/opt/strawberry-grader/current/.venv/bin/grader tell reset --station /etc/strawberry-grader/station.toml
sleep 600
