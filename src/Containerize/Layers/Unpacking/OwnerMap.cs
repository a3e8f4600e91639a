namespace Containerize.Layers.Unpacking;

/// <summary>The ids of the user namespace that we are in (user_namespaces(7)).</summary>
/// <param name="IsSingle">Whether it has only one user and group: then everything belongs to them.</param>
internal sealed record OwnerMap(bool IsSingle)
{
    /// <summary>To whom everything is given, whatever the tar says; null: to those of the tar.</summary>
    public (uint Owner, uint Group)? Everything { get; init; }

    /// <summary>Reads the map of the current process.</summary>
    public static OwnerMap Read() => new(Count("/proc/self/uid_map") == 1 || Count("/proc/self/gid_map") == 1);

    // Lines of "inside outside count".
    private static long Count(string file)
    {
        try
        {
            return File.ReadLines(file).Sum(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[2], System.Globalization.CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or IndexOutOfRangeException)
        {
            // No user namespaces here: all ids are.
            return uint.MaxValue;
        }
    }
}
