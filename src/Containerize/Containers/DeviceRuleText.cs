using System.Globalization;
using Containerize.Containers.Options;
using Containerize.Oci.Runtime;

namespace Containerize.Containers;

/// <summary>Reads <c>--device-cgroup-rule</c>: <c>c 1:3 rwm</c>, '*' for any number, 'a' for any device.</summary>
internal static class DeviceRuleText
{
    internal static DeviceRule Parse(string text)
    {
        var parts = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var numbers = parts.Length == 3 ? parts[1].Split(':') : [];
        return numbers.Length == 2 && parts[0] is "a" or "b" or "c" && parts[2].All(c => c is 'r' or 'w' or 'm')
            ? new DeviceRule { Allow = true, Type = parts[0], Major = Number(text, numbers[0]), Minor = Number(text, numbers[1]), Access = parts[2] }
            : throw Wrong(text);
    }

    private static long? Number(string text, string number) =>
        number == "*" ? null : long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : throw Wrong(text);

    private static ContainerizeException Wrong(string text) => OptionErrors.Wrong("--device-cgroup-rule", text, "it is not a rule", "Write for example 'c 189:* rwm'.");
}
