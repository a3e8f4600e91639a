using System.Globalization;

namespace Containerize.Tool.Doctor;

/// <summary>Whether a plain user has ids for a container's other users (subuid(5), newuidmap(1)).</summary>
/// <param name="files">The machine.</param>
internal sealed class SubordinateIdCheck(SystemFiles files)
{
    private const string Subject = "ids of other users";

    // What images use: up to nobody, 65534.
    private const uint Usual = 65535;

    /// <summary>Looks at the user's ranges, and at the programs that give them to a user namespace.</summary>
    internal Finding Look(string user, uint id)
    {
        var (users, groups) = (Count("/etc/subuid", user, id), Count("/etc/subgid", user, id));
        if (users == 0 || groups == 0)
        {
            var file = users == 0 && groups == 0 ? "/etc/subuid and /etc/subgid" : users == 0 ? "/etc/subuid" : "/etc/subgid";
            return Finding.Lacks(Subject, $"{user} has no range in {file}, so all files of a container have one owner, and all its users are one", Add(user));
        }

        if (files.Find("newuidmap") is not { } first || files.Find("newgidmap") is not { } second)
        {
            return Finding.Lacks(Subject, "newuidmap and newgidmap are not installed, so all files of a container have one owner", "sudo apt-get install uidmap");
        }

        return !files.GivesRights(first) || !files.GivesRights(second)
                ? Finding.Lacks(Subject, $"{first} and {second} have lost the rights with which they are installed", $"sudo chmod u+s {first} {second}")
            : Math.Min(users, groups) < Usual
                ? Finding.Lacks(Subject, string.Create(CultureInfo.InvariantCulture, $"{user} has {Math.Min(users, groups)} ids, and images use up to {Usual}"), Add(user))
            : Finding.Good(Subject, string.Create(CultureInfo.InvariantCulture, $"{users} users and {groups} groups in /etc/subuid and /etc/subgid"));
    }

    // Behind all ranges that there are: of two who have the same ids, one could write the other's files.
    private string Add(string user)
    {
        const long First = 100_000;
        var next = Ranges("/etc/subuid").Concat(Ranges("/etc/subgid")).Select(r => r.First + r.Count).Append(First).Max();
        var range = string.Create(CultureInfo.InvariantCulture, $"{next}-{next + Usual}");
        return $"sudo usermod --add-subuids {range} --add-subgids {range} {user}";
    }

    private long Count(string file, string user, uint id)
    {
        var number = id.ToString(CultureInfo.InvariantCulture);
        return Ranges(file).Where(r => r.User == user || r.User == number).Sum(r => r.Count);
    }

    private IEnumerable<(string User, long First, long Count)> Ranges(string file)
    {
        foreach (var fields in files.Text(file).Split('\n').Select(l => l.Split(':')).Where(f => f.Length == 3))
        {
            if (uint.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out var first) && uint.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            {
                yield return (fields[0], first, count);
            }
        }
    }
}
