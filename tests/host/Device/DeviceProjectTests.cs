using System;
using System.IO;
using System.Linq;
using System.Xml.Linq;
using DoorController.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Device
{
    /// <summary>The device app has a project for Visual Studio and one for the .NET SDK: both build the same.</summary>
    [TestClass]
    public sealed class DeviceProjectTests
    {
        private static readonly string Firmware = Path.Combine(Vectors.Root(), "firmware");

        private static readonly XElement Classic = XElement.Load(Path.Combine(Firmware, "DoorController.nfproj"));

        private static readonly XElement Sdk = XElement.Load(Path.Combine(Firmware, "DoorController.Device.csproj"));

        [TestMethod]
        public void Both_compile_the_same_sources()
        {
            CollectionAssert.AreEqual(
                new[] { "Firmware.projitems", "../hal/Hal.projitems", "../hal/esp32/Esp32.projitems", "Program.cs", "Properties/AssemblyInfo.cs" },
                Sources(Classic));
            CollectionAssert.AreEqual(Sources(Classic), Sources(Sdk));
        }

        [TestMethod]
        public void Both_stand_on_the_same_packages()
        {
            string[] listed = [.. XElement.Load(Path.Combine(Firmware, "packages.config")).Elements("package").Select(p => $"{p.Attribute("id")!.Value} {p.Attribute("version")!.Value}")];
            Assert.AreEqual(20, listed.Length);
            string[] referenced = [.. Elements(Sdk, "PackageReference").Select(p => $"{p.Attribute("Include")!.Value} {p.Attribute("Version")!.Value}")];
            CollectionAssert.AreEqual(listed, referenced);
            string[] hinted = [.. Elements(Classic, "HintPath").Select(h => h.Value.Replace("..\\packages\\", string.Empty, StringComparison.Ordinal).Split("\\lib\\")[0])];
            CollectionAssert.AreEqual(listed.Select(l => l.Replace(' ', '.')).ToArray(), hinted);
        }

        [TestMethod]
        [DataRow("AssemblyName", "DoorController")]
        [DataRow("RootNamespace", "DoorController")]
        [DataRow("OutputType", "Exe")]
        [DataRow("LangVersion", "9.0")]
        public void Both_make_the_same_assembly(string property, string value)
        {
            Assert.AreEqual(value, Elements(Classic, property).Single().Value);
            Assert.AreEqual(value, Elements(Sdk, property).Single().Value);
        }

        [TestMethod]
        public void No_build_of_the_solution_wants_the_packages()
        {
            string solution = File.ReadAllText(Path.Combine(Vectors.Root(), "DoorController.sln"));
            Assert.IsFalse(solution.Contains("DoorController.Device.csproj", StringComparison.Ordinal));
            StringAssert.Contains(solution, "firmware\\DoorController.nfproj", StringComparison.Ordinal);
        }

        private static string[] Sources(XElement project) =>
        [
            .. Elements(project, "Import").Where(i => i.Attribute("Label")?.Value == "Shared").Select(i => Slashes(i.Attribute("Project")!.Value)),
            .. Elements(project, "Compile").Select(c => Slashes(c.Attribute("Include")!.Value)),
        ];

        private static XElement[] Elements(XElement project, string name) => [.. project.Descendants().Where(e => e.Name.LocalName == name)];

        private static string Slashes(string path) => path.Replace('\\', '/');
    }
}
