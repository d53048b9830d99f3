# Install, update, go back, and a version that does not get ready: what install.sh makes of them. A line a fact.
unit=strawberry-grader.service
export GRADER_SKIP_APT=1 # the container has no network of its own; its root has what apt would bring
# Others may use this computer: a start may take longer than on a station's own. The broken version fails at once.
export GRADER_READY_S=300
mkdir -p /etc/systemd/system/$unit.d
printf '[Service]\nTimeoutStartSec=300\n' > /etc/systemd/system/$unit.d/patience.conf
how_it_stands() { # which version is current and which is before it, whether the station runs, and by which program
    local root=/opt/strawberry-grader pid current previous
    current=$(readlink $root/current || echo -) previous=$(readlink $root/previous || echo -)
    pid=$(systemctl show -p MainPID --value $unit)
    echo "${current##*/} ${previous##*/} $(systemctl is-active $unit)" \
        "$(tr '\0' ' ' 2> /dev/null < "/proc/$pid/cmdline" | grep -c "releases/${current##*/}/")"
}
run() { # name, version, words
    local name=$1 version=$2 code
    shift 2
    bash "/versions/$version/deploy/install.sh" "$@" >> /out/installed 2>&1
    code=$?
    echo "$name $code $(how_it_stands)"
}
run first 1.0.1 --wheels /versions/wheels
echo "first_user $(stat -c %U:%a /var/lib/strawberry-grader) $(id -nG grader | tr ' ' '\n' | grep -cE '^(gpio|video|dialout|input)$')"
systemctl enable --quiet --now $unit
echo "started 0 $(how_it_stands)"
run again 1.0.1 --wheels /versions/wheels
run update 1.0.2 --wheels /versions/wheels
run bad 1.0.3 --wheels /versions/wheels
run back 1.0.2 --back
/opt/strawberry-grader/current/.venv/bin/grader --version | head -n 1 | sed 's/^/version /'
journalctl -u $unit --no-pager -o cat | tail -60 > /out/log
