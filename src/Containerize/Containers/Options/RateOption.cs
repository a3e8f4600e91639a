using System.Globalization;
using Containerize.Oci.Runtime;

namespace Containerize.Containers.Options;

/// <summary>Reads <c>--device-read-bps DEVICE:RATE</c> and its kin, and <c>--blkio-weight-device DEVICE:WEIGHT</c>.</summary>
public static class RateOption
{
    /// <summary>A rate in bytes, with a unit or without; CTZ5020 for another text.</summary>
    public static ThrottleDevice Bytes(string option, string text)
    {
        var (device, value) = Split(option, text);
        var rate = ByteCount.Parse(option, value);
        return rate > 0 ? Of(option, device, (ulong)rate) : throw OptionErrors.Wrong(option, text, "the rate is not above zero", "Write /dev/NAME:1mb.");
    }

    /// <summary>A rate in operations; CTZ5020 for another text.</summary>
    public static ThrottleDevice Operations(string option, string text)
    {
        var (device, value) = Split(option, text);
        return ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var rate) && rate > 0
            ? Of(option, device, rate)
            : throw OptionErrors.Wrong(option, text, "the rate is not a number above zero", "Write /dev/NAME:1000.");
    }

    /// <summary>A weight from 10 to 1000; CTZ5020 for another text.</summary>
    public static WeightDevice Weight(string option, string text)
    {
        var (device, value) = Split(option, text);
        var (major, minor) = Numbers(option, device);
        return ushort.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var weight) && weight is >= 10 and <= 1000
            ? new WeightDevice { Major = major, Minor = minor, Weight = weight }
            : throw OptionErrors.Wrong(option, text, "the weight is not a number from 10 to 1000", "Write /dev/NAME:500.");
    }

    private static (string Device, string Value) Split(string option, string text)
    {
        var colon = text.LastIndexOf(':');
        return colon > 0 && text.StartsWith("/dev/", StringComparison.Ordinal)
            ? (text[..colon], text[(colon + 1)..])
            : throw OptionErrors.Wrong(option, text, "it is not a device and a number", "Write /dev/NAME:NUMBER.");
    }

    private static ThrottleDevice Of(string option, string device, ulong rate)
    {
        var (major, minor) = Numbers(option, device);
        return new ThrottleDevice { Major = major, Minor = minor, Rate = rate };
    }

    private static (long Major, long Minor) Numbers(string option, string device)
    {
        var found = HostDevices.Of(new DeviceOption(device, device, "rwm")).ToList();
        return found is [{ Device.Type: "b" } only]
            ? (only.Device.Major!.Value, only.Device.Minor!.Value)
            : throw OptionErrors.Wrong(option, device, "it is not a disk", "Name a block device of the host.");
    }
}
