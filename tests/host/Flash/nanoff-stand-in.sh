#!/bin/bash
# Stands in for nanoff: records its arguments, keeps a board's state in files beside itself, and prints what nanoff
# (nanoFirmwareFlasher of July 2026) prints. The file "fault" names how it fails.
dir=$(dirname "$0")
fault=$(cat "$dir/fault" 2>/dev/null)
. "$dir/chip"
if [ "$1" = --version ]; then
    cat "$dir/version" 2>/dev/null || echo "nanoff 2.5.162+baccab8"
    exit 0
fi
printf '%s\n' "nanoff $*" >> "$dir/calls"
printf '%s\n' "$TMPDIR" >> "$dir/tmp"

fail() { # number, text in brackets: the exit code is what Linux leaves of nanoff's number
    if [ "$verbosity" = minimal ]; then echo "$1"; else echo "Error $1: $2"; fi
    exit $((${1#E} % 256))
}

while [ $# -gt 0 ]; do
    case "$1" in
    --serialport) port=$2; shift ;;
    --target) wanted=$2; shift ;;
    --image) image=$2; shift ;;
    --filedeployment) files=$2; shift ;;
    --networkdeployment) network=$2; shift ;;
    --platform) platform=$2; shift ;;
    --fwversion) version=$2; shift ;;
    --archivepath) archive=$2; shift ;;
    --updatearchive) updatearchive=1 ;;
    --backuppath) backup=$2; shift ;;
    --backupfile) backup=$backup/$2; shift ;;
    -v) verbosity=$2; shift ;;
    --update) update=1 ;;
    --masserase) erase=1 ;;
    --deploy) deploy=1 ;;
    --devicedetails) details=1 ;;
    --nanodevice) nanodevice=1 ;;
    --listports) listports=1 ;;
    --fromarchive | --suppressnanoffversioncheck) ;;
    *) fail E9000 "Invalid or missing arguments." ;;
    esac
    shift
done

echo ".NET nanoFramework Firmware Flasher v2.5.162+baccab8"
echo "Copyright (C) 2019 .NET Foundation and nanoFramework project contributors"
echo

if [ -n "$listports" ]; then
    [ "$fault" = list-fails ] && fail E6001 "No serial port."
    [ "$fault" = no-ports ] && { echo "No available COM port."; exit 0; }
    echo "Available COM ports:"
    echo "  $dir/ttyBOARD"
    exit 0
fi

if [ -n "$updatearchive" ]; then
    [ "$fault" = no-download ] && fail E9007 "Error downloading firmware file."
    [ "$fault" = no-image ] && fail E9005 "Can't find the target in Cloudsmith repository."
    mkdir -p "$archive"
    cp "$dir/image.zip" "$archive/$wanted-${version:-1.17.0.262}.zip"
    echo '{}' > "$archive/$wanted-${version:-1.17.0.262}.zip.json"
    exit 0
fi

case "$fault" in
port-busy) fail E6000 "Couldn't open serial device. Make sure the COM port exists, that the device is connected and that it's not being used by another application." ;;
port-held) fail E6002 "Couldn't access serial device. Another (nanoFramework) application has exclusive access to the device." ;;
crash) echo "Unhandled exception. System.NullReferenceException"; exit 134 ;;
esac

if [ -n "$nanodevice" ] && [ -n "$files$network" ]; then
    echo "No operation was performed with the options supplied."
    exit 0
fi

if [ -n "$platform" ]; then
    [ "$platform" = esp32 ] || fail E9013 "Unsupported platform."
    [ "$fault" = not-in-boot-mode ] && fail E4000 "Error executing ESP32 serial command. (Failed to connect)"
    if [ "$verbosity" != minimal ]; then
        printf 'Reading details from chip...OK\n\nConnected to:\n%s (%s (revision v%s))\n' "$CHIP" "$CHIP" "$REVISION"
        printf 'Features WiFi, BT 5 (LE)\nFlash size %sMB W25Q128 from WINBOND (manufacturer 0xEF device 0x4018)\n' "$FLASH"
        case "$PSRAM" in
        0) echo "PSRAM: not available" ;;
        '') echo "PSRAM: undetermined" ;;
        *) echo "PSRAM: ${PSRAM}MB" ;;
        esac
        printf 'Crystal 40MHz\nMAC 7C:DF:A1:00:00:01\n'
    fi
    if [ -n "$backup" ]; then
        [ "$fault" = flash-unreadable ] && fail E4004 "Failed to read from ESP32 flash."
        [ "$fault" = backup-did-not ] || truncate -s "${FLASH}M" "$backup"
        [ "$fault" = backup-is-short ] && truncate -s 1M "$backup"
        [ -f "$dir/superblock" ] && dd if="$dir/superblock" of="$backup" bs=4096 seek=700 conv=notrunc status=none
        echo "Flash backup saved to $(basename "$backup")"
    fi
    if [ -n "$update" ]; then
        [ -f "$archive/$wanted-$version.zip.json" ] || fail E9005 "Can't find the target in the archive."
        [ "$fault" = flash-error ] && fail E4003 "Failed to write new firmware to ESP32."
        [ "$fault" = update-did-not-flash ] && exit 0
        [ "$fault" = update-hangs ] && read -r _ < "$dir/hang"
        [ -n "$erase" ] && [ "$fault" != erase-did-not ] && rm -rf "$dir/app" "$dir"/flash/*
        if [ "$fault" = other-firmware ]; then echo ESP32_REV3 > "$dir/target"; else echo "$wanted" > "$dir/target"; fi
        echo "${version:-1.17.0.262}" > "$dir/clr"
    fi
    exit 0
fi

[ -s "$dir/target" ] || fail E2001 "Error occurred with listing nano devices. (Couldn't connect to specified nano device.)"

if [ -n "$details" ]; then
    printf '\nHAL build info: nanoCLR running @ %s\n  Target:   %s\n  Platform: ESP32\n\n' "$CHIP" "$(cat "$dir/target")"
    printf 'Firmware build Info:\n  Date:        Jul 24 2026\n  Type:        MinSizeRel build\n'
    printf '  CLR Version: %s\n  Compiler:    GNU ARM GCC v14.2.0.0\n\n' "$(cat "$dir/clr" 2>/dev/null || echo 1.17.0.262)"
    printf 'OEM Product codes (vendor, model, SKU): 0, 0, 0\n\nAppDomains:\n  default, id=1\n\nAssemblies:\n'
    cat "$dir/app" 2>/dev/null
    printf '\nNative Assemblies:\n'
    cat "$dir/natives"
    exit 0
fi

if [ -n "$deploy" ]; then
    [ -f "$image" ] || fail E9008 "Couldn't find application file. Check the path."
    printf 'Getting details from nano device...OK\nDeploying managed application...'
    [ "$fault" = deploy-fails ] && { echo "FAILED!"; fail E2002 "Error executing operation with nano device."; }
    [ "$fault" = deploy-fails-with-success ] && { echo; exit 0; }
    echo "OK"
    [ "$fault" = deploy-did-not-land ] || cp "$dir/app-in-image" "$dir/app"
    echo "Rebooting...OK"
    exit 0
fi

rights() {
    echo "$(stat -c %a "$(dirname "$1")") $(stat -c %a "$1") $(basename "$1")" >> "$dir/rights"
}

if [ -n "$network" ]; then
    rights "$network"
    # nanoff prints this before a network deployment of its own, and then carries it out.
    echo "No operation was performed with the options supplied."
    cp "$network" "$dir/wifi.json"
    echo "Updating network configuration...OK"
    if [ "$fault" = network-stops ]; then
        printf 'Updating wireless configuration...\nError uploading wireless configuration.\n'
        fail E2002 "Error executing operation with nano device."
    fi
    [ "$fault" = network-fails-with-success ] && exit 0
    echo "Updating wireless configuration...OK"
    exit 0
fi

if [ -n "$files" ]; then
    rights "$files"
    [ "$fault" = files-ignored ] && exit 0
    while read -r line; do
        case "$line" in
        *DestinationFilePath*) destination=$(sed 's/.*: "//; s/",*$//; s/\\\\/\\/g' <<< "$line") ;;
        *SourceFilePath*)
            source=$(sed 's/.*: "//; s/",*$//; s/\\\\/\\/g' <<< "$line")
            name=${destination#I:\\}
            rights "$source"
            if [ "$fault" = "file-fails-$name" ]; then
                printf 'Deploying file %s to %s...\nError deploying content file %s to %s\n' "$source" "$destination" "$source" "$destination"
            else
                [ "$fault" = "file-lost-$name" ] || cp "$source" "$dir/flash/$name"
                printf 'Deploying file %s to %s...OK\n' "$source" "$destination"
            fi
            ;;
        esac
    done < "$files"
    exit 0
fi

echo "No operation was performed with the options supplied."
