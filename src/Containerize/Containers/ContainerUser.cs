using System.Globalization;

namespace Containerize.Containers;

/// <summary>Who a container's program is.</summary>
/// <param name="Uid">User id.</param>
/// <param name="Gid">Group id.</param>
/// <param name="Groups">Its other groups.</param>
/// <param name="Home">Its home.</param>
public sealed record ContainerUser(uint Uid, uint Gid, IReadOnlyList<uint> Groups, string Home)
{
    /// <summary>Whether this is root in another's stead, who does not exist here: without root's rights.</summary>
    public bool StandsIn { get; init; }

    /// <summary>Who he is on a machine: where a user namespace has one id only, that one; CTZ5021 for an id that it does not have otherwise.</summary>
    public ContainerUser On(Machine machine)
    {
        if (Uid <= machine.LastUser && Groups.Append(Gid).All(g => g <= machine.LastGroup))
        {
            return this;
        }

        return machine.LastUser == 0
            ? this with { Uid = 0, Gid = 0, Groups = [], StandsIn = true }
            : throw new ContainerizeException(
                5021,
                string.Create(CultureInfo.InvariantCulture, $"taking the user {Uid}:{Gid}"),
                string.Create(CultureInfo.InvariantCulture, $"the user namespace has users up to {machine.LastUser} and groups up to {machine.LastGroup}"),
                "Choose another, or give your user larger ranges in /etc/subuid and /etc/subgid.");
    }

    /// <summary>Finds the ids of <c>USER[:GROUP]</c> in a container's own lists; CTZ5021 where a name is not there.</summary>
    /// <param name="text">Names or numbers; null or empty: root.</param>
    /// <param name="more">More groups, names or numbers.</param>
    /// <param name="passwd">The text of /etc/passwd; null: there is none.</param>
    /// <param name="group">The text of /etc/group.</param>
    public static ContainerUser Find(string? text, IReadOnlyList<string> more, string? passwd, string? group)
    {
        var parts = (text ?? "").Split(':', 2);
        var users = Lines(passwd, 6);
        var groups = Lines(group, 3);
        var name = parts[0].Length == 0 ? "0" : parts[0];
        // A name first, as a user may be called by a number.
        var entry = users.FirstOrDefault(u => u[0] == name) ?? (Number(name) is { } id ? users.FirstOrDefault(u => Number(u[2]) == id) : null);
        var uid = entry is not null ? Number(entry[2]) : Number(name);
        if (uid is null)
        {
            throw Unknown("user", name, "passwd");
        }

        var gid = parts.Length == 2 && parts[1].Length > 0 ? Group(parts[1], groups) : entry is not null ? Number(entry[3]) ?? 0 : 0;
        // As docker: a group that is given stands alone.
        var own = parts.Length == 2 || entry is null
            ? []
            : groups.Where(g => g.Length > 3 && g[3].Split(',').Contains(entry[0])).Select(g => Number(g[2])).OfType<uint>();
        return new ContainerUser(
            uid.Value,
            gid,
            [.. own.Concat(more.Select(m => Group(m, groups))).Where(g => g != gid).Distinct().Order()],
            entry is not null && entry[5].Length > 0 ? entry[5] : "/");
    }

    private static uint Group(string name, List<string[]> groups) =>
        (groups.FirstOrDefault(g => g[0] == name) is { } entry ? Number(entry[2]) : Number(name)) ?? throw Unknown("group", name, "group");

    private static uint? Number(string text) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= int.MaxValue ? number : null;

    private static List<string[]> Lines(string? text, int least) =>
        [.. (text ?? "").Split('\n').Select(l => l.TrimEnd('\r').Split(':')).Where(f => f.Length >= least && f[0].Length > 0)];

    private static ContainerizeException Unknown(string what, string name, string file) =>
        new(5021, $"finding the {what} '{name}' of the container", $"its /etc/{file} has none of that name", "Give a number, or a name that is there.");
}
