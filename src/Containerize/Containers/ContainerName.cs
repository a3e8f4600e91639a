using System.Security.Cryptography;

namespace Containerize.Containers;

/// <summary>Names of containers, volumes and networks, and ids.</summary>
public static class ContainerName
{
    private static readonly string[] Qualities =
    [
        "able", "amber", "bold", "brave", "bright", "brisk", "calm", "clever", "crisp", "eager", "fair", "fleet", "fond", "frank", "gentle", "glad",
        "grand", "happy", "honest", "jolly", "keen", "kind", "light", "lively", "loyal", "lucid", "mellow", "merry", "mild", "neat", "noble", "patient",
        "plain", "proud", "quick", "quiet", "rapid", "ready", "round", "silent", "simple", "smart", "sober", "spry", "steady", "sunny", "swift", "tidy",
        "vivid", "warm", "wise", "witty",
    ];

    // Kinds of boats, as what is shipped needs one.
    private static readonly string[] Things =
    [
        "barge", "bark", "brig", "canoe", "caravel", "carrack", "catboat", "clipper", "coble", "cog", "cutter", "dhow", "dinghy", "dory", "felucca",
        "ferry", "frigate", "galleon", "galley", "gig", "gondola", "junk", "kayak", "ketch", "launch", "longship", "lugger", "outrigger", "packet",
        "pinnace", "pram", "prahu", "punt", "raft", "sampan", "schooner", "scow", "shallop", "skiff", "sloop", "smack", "steamer", "tartane", "tender",
        "trawler", "trimaran", "tug", "wherry", "whaler", "xebec", "yacht", "yawl",
    ];

    /// <summary>Whether a text can be one: letters, digits, '_', '.' and '-', a letter or digit first, up to 128.</summary>
    public static bool IsValid(string name) =>
        name.Length is > 0 and <= 128 && char.IsAsciiLetterOrDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-');

    /// <summary>A name for one that was given none.</summary>
    public static string Make() => $"{Qualities[RandomNumberGenerator.GetInt32(Qualities.Length)]}_{Things[RandomNumberGenerator.GetInt32(Things.Length)]}";

    /// <summary>A new id: 64 hexadecimal digits.</summary>
    public static string MakeId() => RandomNumberGenerator.GetHexString(64, lowercase: true);

    /// <summary>Whether a text has the form of an id: what has it for a name was given none.</summary>
    public static bool IsId(string text) => text.Length == 64 && text.All(char.IsAsciiHexDigitLower);
}
