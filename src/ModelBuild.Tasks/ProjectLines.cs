using System.Xml;
using System.Xml.Linq;

namespace ModelBuild.Tasks;

/// <summary>The lines of items in project files, which MSBuild doesn't tell tasks.</summary>
internal sealed class ProjectLines
{
    private readonly Dictionary<string, (int Line, string Include)[]> _items = [];

    /// <summary>The line of the <c>&lt;Model&gt;</c> that gave the item, or 0 where that can't be told.</summary>
    public int Of(string project, string include)
    {
        if (!_items.TryGetValue(project, out (int Line, string Include)[]? items))
            _items[project] = items = Read(project);
        string file = FileName(include);
        return items.OrderByDescending(i => Likeness(i.Include, include, file)).Select(i => i.Line).FirstOrDefault();
    }

    // The text in the file may hold properties, patterns and several paths; the evaluated item doesn't.
    private static int Likeness(string written, string include, string file) =>
        written.Split(';').Max(w => w.Trim() == include ? 3 : FileName(w) == file ? 2 : w.IndexOfAny(['*', '?', '$', '@']) >= 0 ? 1 : 0);

    private static string FileName(string path) => path.Trim().Substring(path.Trim().LastIndexOfAny(['/', '\\']) + 1);

    private static (int, string)[] Read(string project)
    {
        try
        {
            return XDocument.Load(project, LoadOptions.SetLineInfo).Descendants()
                .Where(e => e.Name.LocalName == "Model" && e.Attribute("Include") != null)
                .Select(e => (((IXmlLineInfo)e).LineNumber, e.Attribute("Include")!.Value))
                .ToArray();
        }
        catch (Exception e) when (e is IOException or XmlException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
