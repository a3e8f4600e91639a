using System.Collections;

namespace Containerize.Runtime.Linux;

/// <summary>Our own environment, in the form in which it is handed on.</summary>
internal static class OwnEnvironment
{
    /// <summary>Its variables, NAME=value.</summary>
    public static List<string> Variables()
    {
        var variables = new List<string>();
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            variables.Add($"{variable.Key}={variable.Value}");
        }

        return variables;
    }
}
