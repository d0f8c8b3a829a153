using System.Reflection;

[assembly: AssemblyTitle("DoorController")]
[assembly: AssemblyVersion("1.0.0.0")]
