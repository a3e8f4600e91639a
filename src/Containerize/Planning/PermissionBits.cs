namespace Containerize.Planning;

/// <summary>Permission bits as settings have them.</summary>
public static class PermissionBits
{
    /// <summary>Bits written in octal, <c>644</c> or <c>0755</c>; CTZ1010 for another text.</summary>
    public static int Parse(string setting, string value)
    {
        var mode = 0;
        foreach (var c in value)
        {
            if (c is < '0' or > '7' || value.Length > 5)
            {
                throw SettingErrors.Wrong(setting, value, "it is not an octal mode", "Write three or four octal digits, for example 0644.");
            }

            mode = (mode * 8) + (c - '0');
        }

        return mode <= 0xFFF
            ? mode
            : throw SettingErrors.Wrong(setting, value, "it is more than 07777", "Write three or four octal digits, for example 0644.");
    }
}
