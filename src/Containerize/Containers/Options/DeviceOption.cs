namespace Containerize.Containers.Options;

/// <summary>A device of the host for the container.</summary>
/// <param name="Source">Its path on the host, or a directory of devices.</param>
/// <param name="Target">Its path in the container.</param>
/// <param name="Access">Of r, w and m what may be done.</param>
public sealed record DeviceOption(string Source, string Target, string Access)
{
    /// <summary>Reads <c>SOURCE[:TARGET][:ACCESS]</c>; CTZ5020 for another text.</summary>
    public static DeviceOption Parse(string text)
    {
        var parts = text.Split(':');
        var device = parts switch
        {
            [var source] => new DeviceOption(source, source, "rwm"),
            [var source, var access] when IsAccess(access) => new DeviceOption(source, source, access),
            [var source, var target] => new DeviceOption(source, target, "rwm"),
            [var source, var target, var access] when IsAccess(access) => new DeviceOption(source, target, access),
            _ => null,
        };
        return device is not null && device.Source.StartsWith('/') && device.Target.StartsWith('/')
            ? device
            : throw OptionErrors.Wrong("--device", text, "it is not a device", "Write /dev/NAME[:/in/the/container][:rwm].");
    }

    private static bool IsAccess(string text) => text.Length is > 0 and <= 3 && text.All(c => c is 'r' or 'w' or 'm');
}
